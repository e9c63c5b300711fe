# 以前の実行にあり、今回の実行では見つからなかったドリフトと検出事項についての説明。

# 解消。
past-gone = 該当箇所を読み取り、既に存在しないことを確認しました。
past-drift-gone = 該当箇所を読み取り、この点について宣言と実態の差異がなくなったことを確認しました。
past-scope-gone = { $scope } は組織に存在しなくなりました。

# 不明: 実行によるもの。
past-part = 一部のみを対象とした実行です。
past-cut-short = 実行が途中で打ち切られました。
past-incomplete = 実行が不完全でした。完全な実行で判定されます。
past-seen-meanwhile = 今回の実行中に、別の実行で見つかっています。
past-history-damaged = 前回の実行を読み取れないため、解消とは判定しません。次回の実行で判定されます。
history-damaged-nothing = { $damage }: 今回の実行は、どの実行とも比較していません
history-damaged-some = { $damage }: 今回は、破損した実行より前の実行と比較し、何も解消とは判定していません

# 保存された実行のうち、読み取れないもの。
history-entry-newer = 実行 { $run } の記録は、より新しい tenko で書き込まれています (バージョン { $version }、この tenko で読み取れるのは { $reads })
history-entry-truncated = 実行 { $run } の記録が途中で切れています
history-entry-damaged = 実行 { $run } の記録が破損しています ({ $reason })
history-report-missing = 実行 { $run } のレポートが見つかりません
history-report-truncated = 実行 { $run } のレポートが途中で切れています ({ $expected }バイトのうち{ $found }バイトのみ)
history-report-damaged = 実行 { $run } のレポートが破損しています ({ $reason })
history-report-version = 実行 { $run } のレポートはスキーマのバージョンが { $version } です (この tenko で読み取れるのは { $reads })
history-report-too-large = 実行 { $run } のレポートは{ $bytes }バイトあり、履歴に保存できる上限の{ $limit }バイトを超えています
history-too-large = { $name } は{ $bytes }バイトあり、履歴に保存できる上限の{ $limit }バイトを超えています
history-reason-digest = ダイジェストが一致しません
history-reason-size = 書き込み時とサイズが異なります
history-reason-run = 実行 { $run } のものです
history-reason-elsewhere = レポートの場所が正しくありません

# 不明: 場所によるもの。
past-scope-missing = { $scope } が見つからず、実行も完全ではありませんでした。
past-scope-not-listed = { $scope } は今回の対象のアカウントとプロジェクトに含まれていません。
past-scope-unread = { $scope } を読み取れませんでした: { $outcome }。
past-scope-not-asked = { $scope } には問い合わせていません。
past-unread = { $scope } の { $type } をすべては読み取れませんでした: { $outcome }。
past-not-collected = { $scope } の該当箇所では { $type } を収集していません。

# 不明: ルールによるもの。
past-rule-not-run = { $rule } は今回の実行のルールに含まれていません。
past-rule-not-evaluated = { $rule } を評価できなかった範囲があります。
past-rule-left-out = { $rule } の判定の一部は、設定により除外されています。
past-rule-unsure = { $rule } は { $scope } の一部を判定できませんでした。

# 不明: 比較によるもの。
past-not-compared = 宣言と比較しない実行でした。
past-tenant-undeclared = テナント { $tenant } は宣言されなくなったため、比較されません。
past-environment-undeclared = テナント { $tenant } の環境 { $environment } は宣言されなくなったため、比較されません。
past-scope-left = { $scope } はテナント { $tenant } の環境 { $environment } に属さなくなりました。
past-scope-joined = { $scope } は環境に属するようになったため、以後はその環境のものとして報告されます。
past-scope-undeclared = { $scope } はどの環境にも属さなくなったため、比較されません。
past-drift-ignored = 除外ルールにより比較の対象から外されています。
past-drift-uncompared = 存在しますが、比較していません。コードの情報が足りないか、コードのツールがその後確認していません。
past-drift-otherwise = 同じリソースが、現在は別の形で報告されています。
past-unmanaged-left = { $scope } では、宣言されていないものを報告しない設定になっています。
past-code-left = { $file } は比較対象のコードに含まれなくなったか、何も宣言しなくなりました。
past-drift-unsure = 該当箇所では、宣言された { $type } の一部を確認できませんでした。
