rule-iam-02-name = ルートユーザーに MFA がない
rule-iam-02-fix = メンバーアカウントのルート認証情報を一元的に削除してください。ルートを残す必要がある場合は、ハードウェアキーを 2 つ登録してください。

iam-02-password = { $account } のルートユーザーにはパスワードがあり、MFA がありません。
iam-02-key = { $account } のルートユーザーにはアクセスキーがあり、MFA がありません。
iam-02-perhaps-password = { $account } のルートユーザーにはパスワードがある可能性があり、MFA がありません。
iam-02-unread = { $account } のアカウントサマリーの { $attribute } を読み取れませんでした。
