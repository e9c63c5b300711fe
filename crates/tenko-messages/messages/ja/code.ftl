# インフラのコードを読み取れなかった理由。
code-not-asked = 今回の実行では読み取っていません
code-stack-resources = スタックのリソースを一覧できませんでした
code-stacks-region = { $region }: { $outcome }
code-part = 読み取れない部分があります: { $address }: { $reason }
code-parts = 読み取れない部分があります: { $address }: { $reason } (ほか{ $more }件)

# ファイルの内容。
code-empty = 空です
code-binary = テキストではありません: { $byte }バイト目に{ $what }があります
code-binary-utf16 = UTF-16 の BOM
code-binary-gzip = 二重に圧縮された gzip データ
code-binary-other = JSON の先頭になり得ないバイト
code-gzip = gzip で圧縮されていますが、{ $byte }バイト目より先を展開できません: { $reason }
code-too-many-mib = { $mib } MiB を超えています
code-too-many-bytes = 読み取りの上限の{ $bytes }バイトを超えています
code-truncated = 途中で切れています: 末尾の{ $byte }バイト目 ({ $line }行目) でも終わっていません
code-json = { $line }行{ $column }列: { $reason }
code-encrypted = OpenTofu で暗号化されており、tenko は復号しません。`tofu state pull` の出力を指定してください
code-no-state = Terraform ステートではありません: { $why }
code-no-state-shown = `terraform show -json` の出力です。ステートそのもの (`terraform state pull`) を指定してください
code-no-state-version = `version` がありません
code-no-state-number = `version` が整数ではありません
code-no-state-backend = ステートのあるバックエンドを示しているだけです。`terraform state pull` の出力を指定してください
code-too-old = 形式のバージョン { $version } は Terraform 0.7 より前のものです。読み取れるのはバージョン 3 と 4 で、0.7 以降の Terraform で変換できます
code-too-new = 形式のバージョン { $version } は、この tenko より新しいものです。読み取れるのはバージョン 3 と 4 です
code-fault = 処理できませんでした。tenko の不具合です
code-place-unknown = このリリースでは対応していない場所です

# ファイルとフォルダー。
code-file-missing = ファイルもフォルダーもありません (マニフェストのパスは、マニフェストのあるフォルダーからの相対パスです)
code-file-denied = このユーザーには読み取る権限がありません
code-file-error = 読み取れません: { $error }
code-file-folder = フォルダーです
code-file-special = 通常のファイルではありません。読み取るには個別に指定してください
code-file-search = 検索できませんでした
code-glob = glob ではありません: { $error }
code-glob-nothing = この glob に一致するファイルはありません。フォルダー以下のすべてのステートを対象とするには、フォルダーだけを指定するか、末尾を `/**/*.tfstate` にしてください
code-folder = { $folder }: { $why }
code-folder-nothing = このフォルダー以下にステートがありません: .tfstate や .tfstate.gz で終わるファイルがありません
code-folder-many = ファイルとフォルダーが{ $n }件を超えています
code-folder-deep = フォルダーの階層が{ $n }段を超えています
code-folder-loop = リンクが上のフォルダーに戻っています

# オブジェクト。
code-object-address = オブジェクトのアドレスではありません
code-object-name = このような名前のオブジェクトは読み取れません: { $error }
code-object-missing = オブジェクトがありません。その下にあるすべてのステートを対象とするには、名前の末尾を `/` にしてください
code-object-glob = この glob に一致するオブジェクトはありません
code-object-nothing = ステートがありません: .tfstate や .tfstate.gz で終わるオブジェクトがありません。すべてのオブジェクトを対象とするには、末尾を `/**` にしてください
code-object-many = { $place } 以下のオブジェクトが{ $n }件を超えています。より長いプレフィックスを指定してください
code-object-no-aws = AWS の認証情報がありません。代わりに `terraform state pull` で得たファイルを指定できます
code-object-no-google = Google Cloud の認証情報がありません。代わりに `terraform state pull` で得たファイルを指定できます
code-object-project = `{ $project }` は課金先のプロジェクトとして使えません
code-object-s3 = S3 に接続できません: { $error }
code-object-no-bucket = バケット `{ $bucket }` はありません
code-object-credentials = 認証情報が受け付けられません
code-object-said = { $what } ({ $code }: { $message })
code-object-read = 読み取れません
code-object-read-error = 読み取れません: { $error }
code-object-read-status = 読み取れません: サービスがステータス { $status } を返しました
code-object-read-denied = 読み取る権限がありません: 呼び出し元に { $permission } が必要です
code-object-list = 一覧できません
code-object-list-error = 一覧できません: { $error }
code-object-list-status = 一覧できません: サービスがステータス { $status } を返しました
code-object-list-denied = 一覧する権限がありません: 呼び出し元に { $permission } が必要です

# アドレス。
code-http-address = アドレスではありません: { $error }
code-http-slow = サーバーが時間内に応答しませんでした: { $error }
code-http-connect = サーバーに接続できません: { $error }
code-http-broken = 応答が途中で切れました: { $error }
code-http-timeout = { $minutes }分以内に読み取れませんでした
code-http-attempts = { $why } ({ $n }回試行)
code-http-redirects = サーバーのリダイレクトが{ $n }回を超えました
code-http-redirect-nowhere = サーバーのリダイレクト先がアドレスではありません ({ $status })
code-http-redirect-plain = サーバーのリダイレクト先が暗号化されていません
code-http-busy = 要求が多すぎるとサーバーに拒否されました (429)
code-http-fault = サーバー側のエラーです ({ $status })
code-http-status = サーバーがステータス { $status } を返しました
code-http-page = サーバーが Web ページを返しました。ログインページと思われます。`token_env`、または `user_env` と `password_env` で認証情報を指定してください
code-http-no-state = ステートはまだありません (204)
code-http-missing = このアドレスにステートはありません (404)。まだないか、別のアドレスです
code-http-who = サーバーが認証を求めています (401)。`token_env`、または `user_env` と `password_env` で環境変数を指定してください
code-http-unknown = トークン、またはユーザー名とパスワードが受け付けられません (401)。期限切れではありませんか
code-http-nobody = 認証情報がないため拒否されました (403)。`token_env`、または `user_env` と `password_env` で環境変数を指定してください
code-http-denied = この認証情報にはステートを読み取る権限がありません (403)
code-http-password = ユーザー名とパスワードを送信できません
code-variable-empty = 環境変数 { $name } が空です
code-variable-unset = 環境変数 { $name } が設定されていません
code-variable-no-token = 環境変数 { $name } の値はトークンではありません

# ワークスペース。
code-workspace-missing = ワークスペースがないか、トークンに参照する権限がありません (404)。ステートのバージョンを読み取る権限が必要です
code-workspace-no-state = ワークスペースにまだステートがないか、トークンにステートのバージョンを読み取る権限がありません (404)
code-workspace-download = ステートをダウンロードできません: サーバーが { $status } を返しました
code-workspace-host = `{ $host }` はホストではありません: { $error }
code-workspace-token = { $variable } のトークンが { $host } に認められません (401)。期限切れではありませんか
code-workspace-denied = { $variable } のトークンには、このワークスペースを読み取る権限がありません (403)
code-workspace-status = { $host } がステータス { $status } を返しました
code-workspace-variable = { $why }。ワークスペースのステートのバージョンを読み取れるトークンを設定してください
code-workspace-json = サーバーの応答が JSON ではありません: { $error }
code-workspace-no-id = サーバーの応答にワークスペースがありません
code-workspace-no-address = サーバーの応答にステートのアドレスがありません。まだアップロードされていないか、トークンに読み取る権限がありません
code-workspace-bad-address = サーバーの応答のアドレスが正しくありません
code-workspace-plain-address = サーバーの応答のアドレスが暗号化されていません
