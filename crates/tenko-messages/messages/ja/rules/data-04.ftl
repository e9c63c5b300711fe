rule-data-04-name = アカウント外にコピーのないデータ
rule-data-04-fix = バックアッププランで、別のバックアップ用アカウントにある、コンプライアンスモードでロックしたボールトへコピーしてください。バケットはそのアカウントのバケットへレプリケートしてください。

data-04-bad = { $name } のコピーは { $scope } の外にありません: { $looked }。
data-04-bad-old = { $name } のコピーのうち { $scope } の外にあるのは、{ $old } だけです: { $looked }。

# コピーを探した場所。
data-04-looked-bucket = 外部へコピーするバックアッププランはなく、レプリケーションもされていません
data-04-looked-table = 外部へコピーするバックアッププランはありません
data-04-looked-database = 外部へコピーするバックアッププランはなく、最近のスナップショットもありません

# 古すぎるコピー。
data-04-old-backup = AWS Backup の古いコピー (最新は { $time })
data-04-old-snapshot = 古いスナップショット ({ $time })
data-04-old-both = { $backup } と{ $snapshot }

data-04-unknown = { $name } のコピーは { $scope } の外に見つかりませんでしたが、確認できない点があります: { $reasons }。
data-04-copy-unread = コピーの { $attribute } を読み取れませんでした
data-04-backups-unread = ほかのアカウントにある AWS Backup の内容をすべては読み取れませんでした ({ $reason })
data-04-replica-unknown = レプリケーション先のバケット { $bucket } の所有者が不明です
data-04-snapshot-time-unknown = スナップショットの作成日時が不明です
data-04-snapshots-unread = ほかのアカウントにあるスナップショットをすべては読み取れませんでした ({ $reason })
