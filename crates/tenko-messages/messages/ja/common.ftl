# すべてのレポートで共通の言葉。
as-it-is = { $text }
some-and-more = { $shown }ほか{ $more }件

# 確認の結果。
outcome-complete = 完了
outcome-partial = 一部のみ読み取り
outcome-denied-identity-policy = ID ポリシーにより拒否
outcome-denied-scp = 組織ポリシー (SCP) により拒否
outcome-denied-resource-policy = リソースポリシーにより拒否
outcome-denied-permissions-boundary = アクセス許可の境界により拒否
outcome-denied-session-policy = セッションポリシーにより拒否
outcome-denied-vpc-endpoint-policy = VPC エンドポイントポリシーにより拒否
outcome-denied-service-perimeter = サービス境界 (VPC Service Controls) により拒否
outcome-denied-trust = 拒否: セッションを取得できませんでした
outcome-denied = 拒否
outcome-region-disabled = リージョンが無効
outcome-service-not-enabled = サービスが有効でない
outcome-billing-disabled = 課金が無効
outcome-throttled-out = スロットリングにより中断
outcome-unreachable = 到達不能
outcome-unsupported = 未対応
outcome-skipped = 設定により対象外
outcome-scope-suspended = 停止または閉鎖
outcome-cancelled = 中止

severity-critical = 重大
severity-high = 高
severity-medium = 中
severity-low = 低
severity-info = 情報

status-new = 新規
status-changed = 変化
status-unchanged = 変化なし
status-resolved = 解消
status-unknown = 不明
status-suppressed = 抑制

drift-missing = 欠落
drift-changed = 変更
drift-unmanaged = 管理外
drift-misplaced = 配置違い
drift-elsewhere_managed = 他で管理
drift-unknown = 不明

verdict-clean = 問題なし
verdict-drift = ドリフト
verdict-findings = 検出あり
verdict-incomplete = 不完全

# レポートが不完全である理由。一つずつ並べて示す。
incomplete-cut-short = 途中で打ち切られた実行
incomplete-undiscovered = 発見できていない{ $scopes }がある可能性
incomplete-not-answered = { $scopes }が応答なし
incomplete-units = 完全に読み取れなかったユニット{ $n }件
incomplete-units-further = ほかに完全に読み取れなかったユニット{ $n }件
incomplete-code = 読み取れなかったコード{ $n }件
incomplete-unchecked = 確認できなかった項目{ $n }件
incomplete-something = 確認できなかったもの
