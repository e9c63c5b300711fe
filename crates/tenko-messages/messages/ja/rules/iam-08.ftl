rule-iam-08-name = 未宣言または非本番のアカウントを信頼
rule-iam-08-fix = ポリシーからプリンシパルを削除してください。既知の第三者は trust.accounts に記載し、本番には本番または共有のデプロイ用アカウントからのみアクセスできるようにしてください。

iam-08-role = { $role } は次を信頼しています: { $whom }。
iam-08-policy = { $resource } のポリシーは次を信頼しています: { $whom }。

# 信頼の対象。
iam-08-everyone = すべてのプリンシパル
iam-08-anyone = あらゆるプリンシパル (制限なし)
iam-08-perhaps-anyone = あらゆるプリンシパル (可能性: { $why })
iam-08-member = { $member } ({ $roles })

# 信頼の対象と問題点。
iam-08-not-production = { $who } ({ $account } は本番ではありません)
iam-08-stranger = { $who } ({ $account } は組織に属さず、宣言もされていません)
iam-08-organization = 自組織ではない組織 { $organization } の全アカウント
iam-08-lower-in-organization = 組織 { $organization } の全アカウント (本番ではない { $account } を含む)
iam-08-lower-in-unit = 組織単位 { $unit } の全アカウント (本番ではない { $account } を含む)
iam-08-unless-denied = { $who } (拒否ステートメントが適用されない場合: { $why })

# 信頼の対象と、判定できなかった点。
iam-08-untold = { $who } ({ $account } が組織に属するかどうか不明: { $why })
iam-08-organization-untold = 組織 { $organization } の全アカウント (どの組織か不明: { $why })
iam-08-unreadable = { $who } (誰を指すか不明)
iam-08-whose-untold = { $who } (どのプロジェクトのものか不明: { $why })
iam-08-perhaps-agent = { $who } (Google のサービスエージェントかどうか不明)
