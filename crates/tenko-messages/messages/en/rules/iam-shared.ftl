# What several rules say of policies, and of clauses in one sentence.
clause-and-clause = { $first }; { $rest }

# Why something is no policy document.
policy-not-json = the policy is not JSON
policy-no-document = the policy is not a policy document
policy-unknown-version = the policy has an unknown version
policy-too-large = the policy is too large to be read
policy-element-unreadable = { $element } of statement { $statement } of the policy is not readable

# Why an answer is not certain.
policy-key-unknown = the condition key { $key } is not known
policy-variable-unknown = the policy variable { $name } is not known
policy-operator-unknown = the condition operator { $name } is not known
policy-value-unreadable = the value for the condition key { $key } is not readable
policy-some-actions = { $action } is only some of the actions
policy-some-resources = { $resource } is only some of the resources
policy-perhaps-principal = { $principal } may be the principal
policy-value-not-fixed = the value for the condition key { $key } is not fixed
policy-key-open = anyone may be able to satisfy the condition key { $key }
policy-texts-too-long = texts in the policy are too long to be compared

policy-statement-named = the statement "{ $sid }"
policy-statement = statement { $number }
policy-conditions = { $first } and { $rest }
policy-condition-of-several = { $test } any of { $values }

policy-trust-unread = The trust policy of { $role } was not read: { $reason }.
policy-trust-absent = it is not there

# The account summary, for IAM-01 and IAM-02.
iam-summary-unread = The account summary of { $account } was not read: { $reason }.
iam-summary-absent = there is none
