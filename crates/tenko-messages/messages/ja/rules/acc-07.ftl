# ACC-07: 委任管理者またはルートの一元管理がない。
rule-acc-07-name = 委任管理者またはルートの一元管理がない
rule-acc-07-fix = セキュリティ用のアカウントを、GuardDuty、Security Hub、Config など利用中のセキュリティサービスの委任管理者として登録してください。IAM でルートアクセスの一元管理を有効にし、メンバーアカウントのルート認証情報を削除してください。
acc-07-bad = 組織 { $organization } では、{ $faults }。
acc-07-bad-in-part = 組織 { $organization } では、{ $faults }。一部は読み取れませんでした: { $reasons }。
acc-07-both = { $first }。また、{ $second }
acc-07-no-administrator = セキュリティサービスを管理するメンバーアカウントがありません
acc-07-no-administrator-trusted = セキュリティサービスを管理するメンバーアカウントがありません (信頼されたサービス: { $services })
acc-07-root-users = ルートユーザーが一元管理されていません ({ $feature } が無効)
acc-07-unknown = 組織 { $organization } の一部を読み取れませんでした: { $reasons }。
acc-07-unread = 組織を読み取れませんでした: { $reason }。
