# HTML レポート。数値と単位の間は改行しない空白 (U+00A0)。

# Frame.
html-title = 監査レポート
html-skip = 判定へ移動
html-sections = セクション
html-footer = tenko が生成しました。このページは外部から何も読み込まず、何も送信しません。
html-number = { $n }
html-of = { $n } / { $all }
html-part = { $what } { $n }
html-bound = ≥ { $n }
html-more = ほか { $n } 件
html-what = 内容
html-where = 場所
html-why = 理由
html-reason = 理由

# Verdict.
html-verdict = 判定
html-verdict-drift = 宣言と実際の状態に { $drift } 件の差異があります{ $tenants ->
    [0] 。
   *[other] ({ $tenants } テナント)。
}
html-verdict-drift-and-findings = 宣言と実際の状態に { $drift } 件の差異があり{ $tenants ->
    [0] {""}
   *[other] {" "}({ $tenants } テナント)
}、ルールによる検出事項が { $findings } 件あります。
html-verdict-findings = 宣言との差異はありませんが、ルールによる検出事項が { $findings } 件あります。
html-verdict-incomplete = 確認できた範囲では何も検出されませんでしたが、すべては確認できていません。
html-verdict-clean = 確認すべきものはすべて確認済みで、差異はありません (リソース { $resources } 件)。
html-verdict-collected = リソースを { $resources } 件収集しました。比較は行っていません。
html-critical = 重大 { $n } 件
html-incomplete = 不完全な結果です。確認できなかったものは、良いとも悪いとも言えません。
html-tile-drift = 差異
html-tile-findings = 検出事項
html-tile-unknown = 不明
html-tile-unknown-note = 判断できませんでした
html-tile-suppressed = 抑制
html-tile-scopes = 応答したアカウントとプロジェクト
html-tile-scopes-suspended = { $n } 件は停止中または閉鎖済み
html-tile-scopes-not-asked = { $n } 件は未照会
html-tile-scopes-left = { $suspended } 件は停止中または閉鎖済み、{ $n } 件は未照会
html-tile-units = 完全に読み取ったユニット
html-tile-resources = リソース

# Gaps.
html-gaps = 未確認の範囲
html-gaps-lead = 以下は読み取れませんでした。何があるかは不明です。
html-gaps-caption = 読み取るべきで読み取れなかったもの
html-gaps-none = 読み取るべきものはすべて読み取れました。
html-left-out = 対象外: 設定による除外、または利用できない範囲
html-left-out-short = 対象外
html-outcome = 結果
html-units = ユニット
html-gap-cancelled = すべてを確認する前に実行が終了しました
html-gap-discovery = 検出が一部失敗しました。このレポートにないアカウントやプロジェクトがある可能性があります
html-gap-code-file = コード: { $file }
html-gap-code-outcome = 読み取れませんでした。この環境では何も管理外とは判断しません
html-gap-whole = アカウント・プロジェクト全体 ({ $n } 件)
html-gap-contents = 内容すべて
html-gap-regions = リージョン ({ $n }): { $regions }
html-gap-types = { $types }
html-gap-types-regions = { $types } ({ $regions })
html-scopes = すべてのアカウントとプロジェクト
html-scope = アカウント・プロジェクト
html-below = 所属
html-answered = 応答あり、すべて読み取り済み
html-not-asked = 未照会

# Tenants.
html-tenants = テナントと環境
html-tenants-caption = テナントごとの環境。「?」は未確認で、良いとも悪いとも言えません。
html-tenant = テナント
html-shared = 共有
html-other-environments = その他の環境
html-cell-drift = 差異 { $n }
html-cell-good = 検出なし
html-cell-own = 固有の検出なし (共有を参照)
html-cell-quiet = 読み取れた範囲では検出なし
html-cell-nowhere = アカウント・プロジェクトなし
html-cell-nothing = 何も読み取れませんでした
html-cell-partial = 一部のみ読み取り: リソース { $n } 件以上
html-cell-complete = リソース { $n } 件

# Changes and trend.
html-changes = 前回からの変化
html-unseen = 以前は未解決で、今回は判定していないもの
html-changes-more = ほかに { $n } 個の属性が異なります
html-no-history = 比較できる過去の実行がないため、新規かどうかは判断していません。
html-first-run = 履歴には、このマニフェストの以前の実行がありません。すべて新規として扱います。
html-since = { $at } の実行と比較しています。
html-since-last = 前回の実行と比較しています。
html-since-several = 同時に実行された { $runs } 件 (最後は { $at }) と比較しています。
html-since-several-last = 同時に実行された { $runs } 件と比較しています。
html-trend = 推移
html-trend-summary = { $since } 以降の { $runs } 回の実行: 差異は { $drift_then } 件から { $drift } 件へ、検出事項は { $findings_then } 件から { $findings } 件へ推移しました。
html-trend-back = { $since } 以降の { $runs } 回の実行: 差異は { $drift } 件、検出事項は { $findings } 件で、最初と最後の件数は同じです。
html-trend-still = { $since } 以降の { $runs } 回の実行: 変化はありません (差異 { $drift } 件、検出事項 { $findings } 件)。
html-trend-table = 実行の一覧 (表)
html-legend-new = 新規
html-legend-resolved = 解消
html-legend-hollow = 不完全な実行: 少なくともこの件数
html-incomplete-run = 不完全
html-run-end = 実行の終了

# Drift and findings.
html-items = 検出事項とドリフト
html-items-caption = 検出事項とドリフト (重大なものから順)
html-items-none = 検出事項もドリフトもありません。
html-fix-first = 優先して修正するもの
html-closes = { $n } 件を解消
html-fix-tenants = { $n } テナント
html-filters = 検出事項とドリフトの絞り込み
html-search = テキスト
html-severity = 重大度
html-kind = 種類
html-kind-column = 重大度・種類
html-kind-finding = 検出事項
html-status = 状態
html-rule = ルール
html-resource = リソース
html-all = すべて
html-open = 未解決
html-reset = クリア
html-count = { $found } 件中 { $first }–{ $last } 件目
html-none-match = 条件に一致するものはありません。
html-rest = ほかに { $n } 件あります。表示には JavaScript が必要です。他の形式のレポートでも確認できます。
html-cut = 順位の低い { $n } 件はこのページに含まれていません。他の形式のレポートで確認できます。
html-page = { $page } / { $pages } ページ
html-pages = ページ
html-page-first = 最初
html-page-back = 前へ
html-page-on = 次へ
html-page-last = 最後
html-first-seen = 初回検出
html-last-seen = 最終検出
html-fix = 修正方法
html-id = ID
html-owner = 担当者
html-fingerprint = フィンガープリント
html-declared-in = 宣言の場所
html-differences = 異なる属性
html-attribute = 属性
html-expected = 宣言
html-actual = 実際
html-absent = なし
html-any-value = 任意の値
html-one-of = { $values } のいずれか
html-between = { $min } 以上 { $max } 以下
html-at-least = { $min } 以上
html-at-most = { $max } 以下
html-to-suppress = 抑制するには:
html-copy = コピー
html-copied = コピーしました
html-copy-failed = 選択しました。キーボードでコピーしてください
html-drift-missing = 宣言されているが存在しない
html-drift-changed = 宣言と異なる
html-drift-unmanaged = 存在するが宣言されていない
html-drift-misplaced = 別の所有者のアカウント・プロジェクトにある
html-drift-elsewhere = 別の環境のコードで管理されている
html-drift-unknown = 宣言されているが確認できない
html-drift-unknown-fix = 読み取れるようにしてください (「未確認の範囲」を参照)。

# Suppressions.
html-suppressions = 抑制
html-suppressions-none = 抑制はありません。
html-suppressions-caption = すべての抑制 (対応が必要なものから順)
html-suppressed-in = 抑制の記載場所
html-suppresses = 対象
html-state = 状態
html-matched = 該当
html-decided-by = 決定者
html-created = 作成日
html-until = 期限
html-ticket = チケット

# Method.
html-method = 実施方法
html-proof = 読み取り専用の証拠
html-proof-none = 読み取り専用であったことを示す記録は、この実行にはありません。
html-proof-list = プロセスから送信できる操作は { $n } 種類に限定されていました (リスト { $digest })。
html-proof-inside = 呼び出した { $n } 種類の操作はすべてリストにあります。
html-proof-outside = リストにない操作の呼び出し: { $operations }
html-proof-held-back = { $n } 件のリクエストを送信前に遮断しました。tenko の不具合です。報告をお願いします。
html-run = 実行
html-kind-audit = 収集し、宣言と比較
html-kind-diff = 保存されたスナップショットを比較
html-kind-collect = 収集のみ (比較なし)
html-duration = { $minutes } 分 { $seconds } 秒
html-fact-kind = 内容
html-fact-run = 実行 ID
html-fact-started = 開始
html-fact-finished = 終了
html-fact-took = 所要時間
html-fact-tool = tenko のバージョン
html-fact-snapshot = スナップショット
html-fact-managed = 宣言されたリソース
html-fact-default = プロバイダーが自動作成
html-fact-ignored = 除外
html-fact-not-compared = 存在のみを比較
html-fact-withheld = コードを読み取れず判断を保留
html-calls = API 呼び出し
html-calls-total = リクエスト { $n } 件、操作 { $kinds } 種類
html-operation = 操作
html-requests = リクエスト
html-throttled = スロットリング
html-rules = ルール
html-passed = 合格
html-code = インフラのコード
html-file = ファイル・オブジェクト・スタック
html-compared = 比較済み
html-ignores = 何にも該当しなかった除外ルール
html-warnings = 警告
