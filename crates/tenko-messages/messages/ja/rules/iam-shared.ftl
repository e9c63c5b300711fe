# ポリシーについて複数のルールで共通の文と、一文の中の句。
clause-and-clause = { $first }。{ $rest }

# ポリシードキュメントではない理由。
policy-not-json = ポリシーが JSON ではありません
policy-no-document = ポリシーがポリシードキュメントではありません
policy-unknown-version = ポリシーのバージョンが不明です
policy-too-large = ポリシーが大きすぎて読み取れません
policy-element-unreadable = ポリシーのステートメント { $statement } の { $element } を読み取れません

# 判定が確実でない理由。
policy-key-unknown = 条件キー { $key } の値が不明
policy-variable-unknown = ポリシー変数 { $name } の値が不明
policy-operator-unknown = 条件演算子 { $name } が未知
policy-value-unreadable = 条件キー { $key } の値が解釈不能
policy-some-actions = { $action } は該当アクションの一部のみ
policy-some-resources = { $resource } は該当リソースの一部のみ
policy-perhaps-principal = { $principal } がプリンシパルである可能性あり
policy-value-not-fixed = 条件キー { $key } の値が固定されていない
policy-key-open = 条件キー { $key } を誰でも満たせる可能性あり
policy-texts-too-long = ポリシー内の文字列が長すぎて比較不能

policy-statement-named = ステートメント "{ $sid }"
policy-statement = ステートメント { $number }
policy-conditions = { $first } かつ { $rest }
policy-condition-of-several = { $test } ({ $values } のいずれか)

policy-trust-unread = { $role } の信頼ポリシーを読み取れませんでした: { $reason }。
policy-trust-absent = 信頼ポリシーがありません

# IAM-01 と IAM-02 のアカウントサマリー。
iam-summary-unread = { $account } のアカウントサマリーを読み取れませんでした: { $reason }。
iam-summary-absent = サマリーがありません
