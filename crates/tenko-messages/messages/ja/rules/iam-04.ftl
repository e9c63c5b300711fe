rule-iam-04-name = 長期間有効なキーが古い
rule-iam-04-fix = キーをロールまたは Workload Identity 連携に置き換えて削除してください。残す必要がある場合は、新しいキーを発行して切り替えてから、古いキーを削除してください。

iam-04-bad = { $user }: { $keys }。
iam-04-key-used = キー { $number } は { $made } 作成 (最終使用日 { $used_now })
iam-04-key-unused = キー { $number } は { $made } 作成 (使用記録なし)
iam-04-key-use-unread = キー { $number } は { $made } 作成 (最終使用日は読み取り不可)

iam-04-google-bad = { $key }。
iam-04-google-perhaps-disabled = { $key }。ただし、無効化されているかどうかを読み取れませんでした。
iam-04-google-old = キー { $key } は { $made } に作成されています
iam-04-google-endless = キー { $key } には有効期限がありません
iam-04-google-both = キー { $key } は { $made } に作成され、有効期限がありません
