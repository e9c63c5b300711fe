rule-iam-05-name = フェデレーションではなく IAM ユーザーを使用
rule-iam-05-fix = 人には IAM Identity Center などのフェデレーション、プログラムにはロールでアクセスさせ、IAM ユーザーのパスワードとキーを削除してください。

iam-05-passwords = { $account } には、コンソールパスワードを持つ IAM ユーザーがいます ({ $users })。
iam-05-keys = { $account } には、フェデレーション ({ $how }) があるにもかかわらず、有効なアクセスキーを持つ IAM ユーザーがいます ({ $keyed })。
iam-05-both = { $account } には、コンソールパスワードを持つ IAM ユーザー ({ $users }) がいます。また、フェデレーション ({ $how }) があるにもかかわらず、有効なアクセスキーを持つ IAM ユーザー ({ $keyed }) がいます。
iam-05-report-unread = { $account } の認証情報レポートを読み取れませんでした: { $reason }。
iam-05-unread = { $account } の { $user } の { $attribute } を読み取れませんでした。
iam-05-federation-unread = { $account } にはアクセスキーを持つユーザーがいますが、フェデレーションの有無が不明です: { $reason }。

# IAM ユーザー以外のサインイン方法。
iam-05-identity-center = IAM Identity Center
iam-05-identity-center-roles = IAM Identity Center のロール
iam-05-saml-provider = SAML プロバイダー { $provider }
