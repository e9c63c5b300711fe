# Why infrastructure code could not be read.
code-not-asked = it was not read in this run
code-stack-resources = the stack's resources could not be listed
code-stacks-region = { $region }: { $outcome }
code-part = a part of it cannot be read: { $address }: { $reason }
code-parts = a part of it cannot be read: { $address }: { $reason } (and { $more } more)

# The document.
code-empty = it is empty
code-binary = it is no text: { $what } at byte { $byte }
code-binary-utf16 = the mark of UTF-16
code-binary-gzip = gzip inside of gzip
code-binary-other = a byte that begins no JSON
code-gzip = it is compressed with gzip and can't be decompressed beyond byte { $byte }: { $reason }
code-too-many-mib = it is larger than { $mib } MiB
code-too-many-bytes = it is larger than { $bytes } bytes, the most that is read
code-truncated = it is cut off: the document is not over at its last byte, { $byte } (line { $line })
code-json = line { $line }, column { $column }: { $reason }
code-encrypted = it is encrypted by OpenTofu, and tenko does not decrypt: hand in the output of `tofu state pull`
code-no-state = it is no Terraform state: { $why }
code-no-state-shown = it is the output of `terraform show -json`; hand in the state itself (`terraform state pull`)
code-no-state-version = it has no `version`
code-no-state-number = its `version` is not a whole number
code-no-state-backend = it only says in which backend the state is: hand in the output of `terraform state pull`
code-too-old = its format is version { $version }, which Terraform before 0.7 wrote; versions 3 and 4 are read: any later Terraform upgrades it
code-too-new = its format is version { $version }, which is newer than this tenko; versions 3 and 4 are read
code-fault = it could not be handled: this is a fault of tenko
code-place-unknown = this release does not know such a place

# Files.
code-file-missing = there is no such file or folder (a path in a manifest is relative to its folder)
code-file-denied = this user may not read it: permission denied
code-file-error = it cannot be read: { $error }
code-file-folder = it is a folder
code-file-special = it is no regular file; name it alone to read it
code-file-search = it could not be looked for
code-glob = it is no glob: { $error }
code-glob-nothing = no file matches this glob; for all states below a folder name the folder alone, or end in `/**/*.tfstate`
code-folder = { $folder }: { $why }
code-folder-nothing = no state is below this folder: no file ends in .tfstate or .tfstate.gz
code-folder-many = more than { $n } files and folders are below it
code-folder-deep = it is more than { $n } folders deep
code-folder-loop = a link there leads back to a folder above it

# Objects.
code-object-address = it is no object's address
code-object-name = objects of such a name are not read: { $error }
code-object-missing = there is no such object; a name that ends in `/` stands for all states below it
code-object-glob = no object matches this glob
code-object-nothing = no state is below it: no object ends in .tfstate or .tfstate.gz; end in `/**` for all objects
code-object-many = more than { $n } objects are below { $place }: name a longer prefix
code-object-no-aws = no AWS credentials are at hand here: `terraform state pull` gives a file to name instead
code-object-no-google = no Google Cloud credentials are at hand here: `terraform state pull` gives a file to name instead
code-object-project = `{ $project }` is no project to be charged
code-object-s3 = S3 cannot be reached: { $error }
code-object-no-bucket = there is no bucket `{ $bucket }`
code-object-credentials = the credentials are not accepted
code-object-said = { $what } ({ $code }: { $message })
code-object-read = it cannot be read
code-object-read-error = it cannot be read: { $error }
code-object-read-status = it cannot be read: the service answers with the status { $status }
code-object-read-denied = it may not be read: the caller needs { $permission }
code-object-list = it cannot be listed
code-object-list-error = it cannot be listed: { $error }
code-object-list-status = it cannot be listed: the service answers with the status { $status }
code-object-list-denied = it may not be listed: the caller needs { $permission }

# Addresses.
code-http-address = it is no address: { $error }
code-http-slow = the server did not answer in time: { $error }
code-http-connect = the server cannot be reached: { $error }
code-http-broken = the answer broke off: { $error }
code-http-timeout = it was not read within { $minutes } minutes
code-http-attempts = { $why } ({ $n } attempts)
code-http-redirects = the server sends one on more than { $n } times
code-http-redirect-nowhere = the server sends one on to no address ({ $status })
code-http-redirect-plain = the server sends one on to an address without encryption
code-http-busy = the server finds the requests too many (429)
code-http-fault = the server has a fault of its own ({ $status })
code-http-status = the server answers with the status { $status }
code-http-page = the server answers with a web page, most likely a login: name what lets one in with `token_env`, or `user_env` and `password_env`
code-http-no-state = there is no state yet (204)
code-http-missing = there is no state at this address (404): none yet, or another address
code-http-who = the server asks who one is (401): name environment variables with `token_env`, or `user_env` and `password_env`
code-http-unknown = the server does not know the token, or user and password (401): have they expired?
code-http-nobody = the server lets nobody in without credentials (403): name environment variables with `token_env`, or `user_env` and `password_env`
code-http-denied = these credentials may not read the state (403)
code-http-password = user and password cannot be sent
code-variable-empty = the environment variable { $name } is empty
code-variable-unset = the environment variable { $name } is not set
code-variable-no-token = the environment variable { $name } holds no token

# Workspaces.
code-workspace-missing = there is no such workspace, or the token may not see it (404): it needs permission to read state versions
code-workspace-no-state = the workspace has no state yet, or the token may not read state versions (404)
code-workspace-download = the state cannot be downloaded: the server answers with { $status }
code-workspace-host = `{ $host }` is no host: { $error }
code-workspace-token = { $host } does not know the token in { $variable } (401): has it expired?
code-workspace-denied = the token in { $variable } may not read this workspace (403)
code-workspace-status = { $host } answers with the status { $status }
code-workspace-variable = { $why }: put a token into it that may read the workspace's state versions
code-workspace-json = the server's answer is no JSON: { $error }
code-workspace-no-id = the server's answer names no workspace
code-workspace-no-address = the server's answer names no address of the state: it is not uploaded yet, or the token may not read it
code-workspace-bad-address = the server's answer names an address that is none
code-workspace-plain-address = the server's answer names an address without encryption
