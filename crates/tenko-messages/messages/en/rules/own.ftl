# The user's own rules: what they say themselves is the user's text.
rule-own-unread = { $attribute } could not be read.
rule-own-not-computed = It could not be computed: { $error }.

# Why one was not evaluated.
rule-own-wrong = { $source }: its expression is wrong: { $error }
rule-own-no-type = no type that { $types } matches was collected
