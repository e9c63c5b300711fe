rule-iam-06-name = パイプラインへの信頼が広すぎる
rule-iam-06-fix = サブジェクトに対する StringEquals (Google Cloud では属性条件) で、1 つのリポジトリと、その本番環境またはメインブランチに限定してください。ロールはリポジトリごとに分け、デプロイに必要な権限だけを付与してください。

# ロールやプロバイダーの問題点と、判定できなかった点。
iam-06-found = { $of }: { $clauses }。
iam-06-role = { $role } ({ $hosts } 用)
iam-06-provider = プロバイダー { $provider } ({ $host } 用)

# 誰が入れるか。
iam-06-any = { $of } の任意の{ $what }が利用できます ({ $subject })
iam-06-any-unasked = サブジェクトの条件がないため、{ $of } の任意の{ $what }が利用できます
iam-06-anyones = { $host } では、{ $name } という名前の{ $what }であれば誰のものでも利用できます ({ $subject })
iam-06-repository = リポジトリ
iam-06-workspace = ワークスペース
iam-06-pipeline = パイプライン
iam-06-project = プロジェクト
iam-06-owner = 所有者 { $ids }
iam-06-not-named = { $repository } が trust.repositories に含まれていません
iam-06-owner-not-named = { $owner } のリポジトリが trust.repositories に含まれていません
iam-06-named-untold = ID { $ids } のリポジトリが trust.repositories に含まれるかどうか不明です
iam-06-any-provider = 任意の名前の ID プロバイダーを信頼しています
iam-06-denied = 拒否ステートメントが適用される可能性があります ({ $why })

# どの実行が本番に入れるか。
iam-06-any-branch = 任意のブランチから本番にデプロイできます
iam-06-branch = ブランチ { $branch } から本番にデプロイできます
iam-06-environment = 環境 { $environment } から本番にデプロイできます
iam-06-pull-requests = プルリクエストから本番にデプロイできます

# 何ができるか。
iam-06-admin = 管理者権限を持っています
iam-06-can-become-admin = 自身に管理者権限を付与できます ({ $actions })
iam-06-perhaps-admin = 管理者権限を持っている可能性があります ({ $why })
iam-06-admin-untold = 管理者権限の有無が不明です ({ $why })
iam-06-inline-unread = インラインポリシーを読み取れませんでした
iam-06-document-unread = { $policy } のドキュメントを読み取れませんでした
iam-06-policy-unknown = { $policy } の内容が不明
iam-06-policy-malformed = { $policy }: { $why }

# Google Cloud。
iam-06-no-condition = 属性条件がないため、誰でも利用できます
iam-06-condition-open = 条件が所有者を限定していないため、誰でも利用できます ({ $condition })
iam-06-condition-untold = 条件が誰に利用を許すのか判定できません ({ $condition })
iam-06-condition-not-named = trust.repositories に含まれないリポジトリも条件を満たします ({ $condition })
iam-06-condition-named-untold = 条件を満たすリポジトリが trust.repositories に含まれるかどうか判定できません ({ $condition })
iam-06-pool-unread = プールが無効化されているかどうかを読み取れませんでした ({ $why })
iam-06-acting = 任意のブランチが本番で操作できます: { $on } の { $role } ({ $identity } として)
iam-06-acting-untold = 任意のブランチが本番で操作できるかどうか不明です: { $on } の { $role } ({ $identity } として)
iam-06-acting-number-unread = プロジェクト番号を読み取れなかったため、任意のブランチが本番で操作できるかどうか不明です
iam-06-acting-unread = 読み取れなかったものがあるため、任意のブランチが本番で操作できるかどうか不明です: { $why }
iam-06-attribute-of = { $of } の { $attribute }
