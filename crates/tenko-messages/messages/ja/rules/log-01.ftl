rule-log-01-name = 監査ログか脅威検出のない使用中のリージョン
rule-log-01-fix = 組織全体のマルチリージョン証跡を1つ作成し、委任管理者を通じて全リージョンで GuardDuty と AWS Config を有効にし、誰も使わないリージョンはサービスコントロールポリシーで閉じてください。

log-01-no-use-collected = どのリージョンが使用中かを示すものが収集されていません
log-01-bad = { $scope } は { $regions } を使用していますが、次のものがありません: { $missing }。

# 欠けているもの。
log-01-no-trail = 管理イベントを記録するマルチリージョン証跡
log-01-no-detector = { $regions } の有効な GuardDuty ディテクター
log-01-no-recorder = { $regions } の記録中の Config レコーダー
log-01-missing = { $first }; { $rest }

log-01-use-unknown = どのリージョンが使用中かは不明です: { $reason }。
log-01-perhaps-in-use = { $missing }がなく、そのリージョンが使用中かどうかを読み取れませんでした。
log-01-no-trail-perhaps-in-use = 記録中のマルチリージョン証跡がなく、使用中のリージョンがあるかどうかを読み取れませんでした。
log-01-trail-unknown = 証跡が記録しているかどうかは不明です: { $reason }。
log-01-region-unread = { $region } の { $type } を読み取れませんでした: { $reason }。
