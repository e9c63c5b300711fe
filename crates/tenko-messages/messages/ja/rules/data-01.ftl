rule-data-01-name = 失われやすい S3 バケット
rule-data-01-fix = バージョニングを有効にし、古いバージョンを失効させるライフサイクルルールを設定してください。あわせて SCP により、緊急用ロール以外の s3:DeleteBucket を拒否してください。

data-01-bad = { $bucket } ではバージョニング、オブジェクトロック、MFA Delete のいずれも有効でなく、s3:DeleteBucket は誰にも拒否されていません。
data-01-bad-partly = { $bucket } ではバージョニング、オブジェクトロック、MFA Delete のいずれも有効でなく、s3:DeleteBucket は一部しか拒否されていません ({ $conditions })。
data-01-unknown = { $bucket } を保護する設定は見つかりませんでしたが、確認できない点があります: { $reasons }。
data-01-organization-unknown = 組織が s3:DeleteBucket を拒否しているかどうかは不明です: { $reason }
data-01-statement-where = { $statement } (条件: { $conditions })
