rule-data-06-name = 誰でも読み書きできるバケット
rule-data-06-fix = 許可を取り除いたうえで、アカウントのパブリックアクセスブロックの4つの設定をすべて有効にするか、組織で公開アクセスの防止を適用してください。誰にでも公開するコンテンツは CDN 経由で配信してください。

data-06-bad = 誰でも { $bucket } にアクセスできます: { $ways }。
data-06-unknown = 誰でも { $bucket } にアクセスできるかどうかは不明です: { $ways }。
data-06-but = { $ways }。ただし、{ $reason }

# S3。
data-06-block-unread = アカウントのパブリックアクセスブロックを読み取れませんでした
data-06-block-unread-reason = アカウントのパブリックアクセスブロックを読み取れませんでした ({ $reason })
data-06-s3-says = S3 はこのバケットのポリシーを公開と判定しています ({ $reason })
data-06-rcp-unread = { $way }。リソースコントロールポリシーで遮断されているかどうかは読み取れませんでした
data-06-grant = ポリシーの{ $statement } が{ $to }に { $actions } を許可しています
data-06-grant-perhaps = { $grant } ({ $reasons })
data-06-grant-perhaps-where = { $grant } (条件: { $conditions }、{ $reasons })
data-06-everyone = すべてのユーザー
data-06-everyone-but = すべてのユーザー ({ $others } を除く)
data-06-everyone-at = すべてのユーザー ({ $provider } のアカウントを持つ者)
data-06-acl = ACL が { $grants } を許可しています
data-06-acl-grant = { $group } への { $permission }

# Cloud Storage。
data-06-project-unread = プロジェクトを読み取れませんでした
data-06-project-attribute-unread = プロジェクトの { $attribute } を読み取れませんでした
data-06-project-policy-unread = プロジェクトの IAM ポリシーを読み取れませんでした: { $reason }
data-06-prevention-unread = 組織のポリシー storage.publicAccessPrevention を読み取れませんでした: { $reason }
data-06-bucket-grants = バケットの IAM ポリシーが次を許可しています: { $grants }
data-06-project-grants = プロジェクトの IAM ポリシーが次を許可しています: { $grants }
data-06-role = { $role } ({ $members })
data-06-role-where = { $role } ({ $members }、条件: { $condition })
data-06-role-condition = { $role } ({ $members }、条件付き)
data-06-acls-unread = ACL が有効ですが、その内容は読み取りの対象外です
