rule-iam-03-name = コンソールユーザーに MFA がない
rule-iam-03-fix = IAM Identity Center などのフェデレーションでサインインさせ、パスワードを削除してください。それまでは MFA を登録してください。

iam-03-bad = { $user } は MFA なしでコンソールにサインインできます。
