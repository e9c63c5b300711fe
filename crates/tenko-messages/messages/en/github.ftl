# Annotations.
github-title = { $rule } ({ $severity }): { $title }
github-text = { $resource } ({ $where }): { $message } · Fix: { $remedy }

# What SARIF says in words.
sarif-left-out =
    { $n ->
        [one] 1 result is
       *[other] { $n } results are
    } suppressed or resolved and not listed, because code scanning would show them as open: { $full }
