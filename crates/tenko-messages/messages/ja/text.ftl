# 端末に表示されるレポート。

# 抑制の状態。
suppression-expired = 期限切れ
suppression-rearmed = 抑制解除
suppression-expiring = 期限間近
suppression-unused = 未使用
suppression-unseen = 未確認
suppression-active = 有効
suppression-again = 再び報告
suppression-of = { $what } { $resource } ({ $where })
suppression-of-place = { $what } ({ $where })

# 件数と列挙。
text-accounts = { $n }アカウント
text-projects = { $n }プロジェクト
text-accounts-projects = アカウントとプロジェクト{ $n }件
text-one-account = アカウント
text-one-project = プロジェクト
text-one-account-project = アカウント/プロジェクト
text-many-accounts = アカウント
text-many-projects = プロジェクト
text-many-accounts-projects = アカウントまたはプロジェクト
text-part-of-accounts = { $total }アカウント中{ $n }アカウント
text-part-of-projects = { $total }プロジェクト中{ $n }プロジェクト
text-part-of-accounts-projects = アカウントとプロジェクト{ $total }件中{ $n }件
text-count-of = { $what }{ $n }件
text-findings = 検出事項{ $n }件
text-differences = 差異{ $n }件
text-few = { $shown } … ほか{ $more }件
text-more = … ほか{ $n }件 (--verbose ですべて表示)
text-and = { $first }と{ $then }
text-statement = { $what }: { $text }
text-owner = 担当 { $owner }
text-mark = [{ $status }]
text-first-seen = 初回検出 { $time }
text-fingerprint = フィンガープリント { $fingerprint }

# 先頭行。
text-verdict-drift = ドリフト
text-verdict-findings = 検出あり
text-verdict-incomplete = 不完全
text-verdict-collected = 収集完了
text-verdict-clean = 問題なし
text-headline = { $verdict }: { $statements }
text-differences-in = { $tenants }テナントに差異{ $n }件
text-as-far-as-seen = 確認できた範囲では差異なし
text-collected = { $scopes }からリソース{ $resources }件
text-clean = { $scopes }のリソース{ $resources }件、差異なし
text-findings-by = 検出事項{ $n }件 ({ $severities })
text-withheld = ルールの判定のうち{ $parts }
text-count-suppressed = 抑制{ $n }件
text-count-left-out = 設定による除外{ $n }件
text-drift-suppressed = 差異{ $n }件を抑制

# 前回の実行からの変化。
text-heading-changes = 前回からの変化
text-changes = { $since } 以降: 新規{ $new }件、変化{ $changed }件、解消{ $resolved }件、以前は未解決で、今回は判定していないもの{ $unknown }件
text-changes-undated = 前回の実行以降: 新規{ $new }件、変化{ $changed }件、解消{ $resolved }件、以前は未解決で、今回は判定していないもの{ $unknown }件
text-changes-first = 履歴には、このマニフェストの以前の実行がないため、比較対象がありません。
text-past-many = 前回まで未対応だった{ $n }件は、解消したかどうか判断できませんでした

# 優先して直すもの。
text-heading-top = 優先して修正
text-fix-closes = { $n }件を解消
text-fix-tenants = { $n }テナント: { $tenants }
text-fix-since = 最も古いものは { $date } から
text-fix-place = 対象: { $place }
text-top-none = 修正すべきものはありません。未対応の差異も検出事項もありません。

# 確認できなかったもの。
text-heading-not-observed = 未確認
text-heading-left-out = 対象外
text-run-ended = すべてを確認する前に実行が終了しました。
text-discovery-failed = 発見処理が一部失敗しました。このレポートにない{ $scopes }が存在する可能性があります
text-gap-suspended =
    { $n ->
       *[other] { $scopes }が停止または閉鎖
    }
text-gap-skipped =
    { $n ->
       *[other] { $scopes }が設定により対象外
    }
text-gap-silent = { $scopes }が応答なし ({ $why })
text-gap-trust = セッションを取得できませんでした
text-gap-contents = 何も読み取れず ({ $outcome }): { $place }
text-gap-region-disabled = リージョン { $region } が無効: { $place }
text-gap-region = リージョン { $region } ({ $outcome }): { $place }
text-gap-regions-disabled = { $n }リージョンが無効: { $place }
text-gap-regions = { $n }リージョン ({ $outcome }): { $place }
text-gap-types = { $types } ({ $outcome }): { $place }
text-problem = { $operation } { $code }: { $message }
text-problem-on = { $operation } { $code } ({ $resource }): { $message }
text-problem-request = { $problem } (リクエスト { $id })

# コード。
text-heading-code = 読み取れなかったコード
text-code-withheld = ここでは「管理外」の判定を保留しています
text-code-everywhere = すべての環境
text-code-live = ほかで宣言されていない実リソース{ $n }件は、ここで宣言されている可能性があります
text-terraform-states = Terraform ステート{ $n }件
text-cloudformation-stacks = CloudFormation スタック{ $n }件
text-code-compared = { $code }で宣言: リソース{ $resources }件、うち{ $compared }件を属性単位で比較

# ドリフト。
text-heading-drift = ドリフト
text-nobodys = どのテナントにも属さない
text-declared-unobserved = 宣言されたリソース{ $n }件を確認できませんでした
text-in = 所在 { $scope }
text-declared-at = 宣言箇所 { $place }
text-change = { $path }: 期待値 { $expected }、実際 { $actual }
text-expected = 期待値
text-actual = 実際
text-absent = なし
text-redacted = マスク済み:{ $digest }
text-any-value = 任意の値
text-one-of = { $values } のいずれか
text-between = { $min }～{ $max }
text-at-least = { $min }以上
text-at-most = { $max }以下

# 検出事項。
text-heading-findings = 検出事項
text-fix = 修正方法: { $fix }
text-rules-blind = { $n }ルールが判定できませんでした
text-like-it = { $message } (ほか同様{ $n }件)
text-could-not-tell = 判定不能: { $place }
text-could-not-tell-places = 判定不能 ({ $n }か所): { $places }

# 抑制。
text-heading-suppressed = 抑制
text-until = 期限 { $time }
text-until-by = 期限 { $time }、決定者 { $owner }
text-suppression-expired = 期限切れ ({ $time } まで有効): { $what } は再び報告されます
text-suppression-rearmed = 抑制解除: { $what } の根拠が抑制時から変わりました
text-suppression-expiring = 期限間近 ({ $time } まで有効): { $what }
text-suppression-unused = 該当するものがなくなりました: { $what }
text-by = 決定者 { $owner }

# 警告。
text-heading-warnings = 警告
text-unused-ignore = { $place } の除外ルールに該当するものがありません: { $what }

# 末尾。
text-heading-summary = 概要
text-column-environment = 環境
text-column-resources = リソース
text-column-findings = 検出事項
text-legend-nothing = ? 何も読み取れませんでした
text-legend-partial = * 一部のみ読み取り: 実際はさらに多い可能性があります
text-no-difference = 差異なし
text-quiet = ほか{ $n }環境は完全に確認済みで差異なし
text-compared = { $scopes }からリソース{ $resources }件を読み取り
text-compared-counts = { $scopes }からリソース{ $resources }件を読み取り: 宣言済み{ $managed }件、プロバイダー作成{ $provider }件、除外{ $ignored }件
text-units-read = { $total }ユニット中{ $read }ユニットを完全に読み取り (1ユニットは1つの{ $scope }・リージョン・タイプの組)
text-rules = { $n }ルール: 合格{ $passed }件、検出事項{ $findings }件、不明{ $unknown }件
text-rules-withheld = { $n }ルール: 合格{ $passed }件、検出事項{ $findings }件、不明{ $unknown }件、抑制{ $suppressed }件、設定による除外{ $left_out }件
text-not-evaluated = 評価なし、または一部のみ: { $rules }: { $reason }
text-inventory = { $cloud } の{ $total }ユニット中{ $n }ユニットは { $source } の { $time } 時点の内容で、最新でない可能性があります
text-calls = 読み取り専用の呼び出し{ $calls }件、{ $services }サービス、スロットリング{ $throttled }件、所要時間 { $duration }
text-call = { $n } { $operation }
text-call-throttled = { $n } { $operation } (スロットリング{ $throttled }件)
text-seconds = { $s }秒
text-minutes = { $min }分{ $s }秒
text-hours = { $h }時間{ $min }分
text-proof = 読み取り専用: 許可された操作は{ $n }種類のみで、それ以外の呼び出しはありません
text-proof-held = 読み取り専用の保護機構が要求{ $n }件を止めました。tenko の不具合です
text-proof-outside = 読み取り専用ではありません。許可されていない操作の呼び出し: { $operations }
text-snapshot = スナップショットの保存先 { $place }
text-run = 実行 { $run } · { $time } · tenko { $version }

text-heading-next = 次の対応
text-next = - { $text }
text-next-accounts = 応答のないアカウントごとに、ロール (--role またはマニフェストで指定) が存在し、呼び出し元を信頼しているか確認してください。それまでは何もわかりません。
text-next-projects = 応答のないプロジェクトごとに、呼び出し元、または権限を借用するサービスアカウントがロールを持っているか確認してください。それまでは何もわかりません。
text-next-policy = すべてを読み取るために必要な権限は `tenko policy` で表示できます。
text-next-role = すべてを読み取るために必要なカスタムロールは `tenko policy --cloud gcp` で表示できます。
text-next-unmanaged = 管理外のリソースは宣言するか (`tenko adopt` がコードを書き出します)、理由を添えてマニフェストで除外してください。
text-next-unknown = 不明なものは、欠落とも問題なしとも言えません。読み取れなかった部分を解消して再実行してください。

# 履歴の実行の一覧。
text-run-part = { $part }、
text-run-drift = 差異{ $n }件
text-run-findings = 検出事項{ $n }件
text-run-new = 新規{ $n }件
text-run-resolved = 解消{ $n }件
text-run-suppressed = 抑制{ $n }件
text-run-incomplete = 不完全
text-run-narrowed = 一部のみ
