rule-data-03-name = バックアップのないデータベース
rule-data-03-fix = バックアップ保持期間を設定するか、ポイントインタイムリカバリまたは自動バックアップを有効にするか、AWS Backup のプランの対象にデータベースを含めてください。

# データベース自身に欠けているもの。
data-03-no-rds-backups = { $name } には自動バックアップがありません (BackupRetentionPeriod 0)
data-03-no-recovery = { $name } ではポイントインタイムリカバリが有効になっていません

data-03-bad = { $lacks }。AWS Backup でもバックアップされていません。
data-03-bad-old = { $lacks }。AWS Backup による最新のコピーは { $time } のものです。
data-03-unknown = { $lacks }。AWS Backup でバックアップされているかどうかは不明です: { $reason }。
data-03-copy-unread = { $name } のコピーの { $attribute } を読み取れませんでした。
data-03-bad-cloud-sql = { $name } には自動バックアップがありません。
data-03-spanner = { $name } は新しいデータベースにバックアップスケジュールを設定しません。個々のデータベースにスケジュールがあるかどうかは収集していません。
