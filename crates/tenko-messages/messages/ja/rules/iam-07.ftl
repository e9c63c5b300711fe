rule-iam-07-name = 固有の外部 ID がない第三者アクセス
rule-iam-07-fix = 第三者にアカウントごとの外部 ID を発行してもらい、ロールの信頼ポリシーで sts:ExternalId に対する StringEquals を条件にしてください。

iam-07-bad = { $role } は次を信頼しています: { $parties }。
iam-07-untold = { $role } は { $party } を信頼していますが、第三者かどうか不明です: { $why }。

# 第三者と、その許可方法の問題点。
iam-07-no-id = { $party } (外部 ID なし)
iam-07-any-id = { $party } (任意の外部 ID を許可)
iam-07-shared-id = { $party } (次と共通の外部 ID: { $others })

# 同じ外部 ID を持つロール。
iam-07-role = { $account } の { $role }
iam-07-role-for-another = { $account } の { $role } ({ $party } 用)
iam-07-and-others = { $shown }など
