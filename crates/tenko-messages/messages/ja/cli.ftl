# 保存された実行と判断についてコマンドが表示するもの。
cli-no-run = { $place } に保存された実行はまだありません。`tenko audit` で保存されます
cli-more-runs = … ほか{ $more }件 (--last { $all } ですべて表示)
cli-run-unreadable = { $run }  読み取れません: { $why }
cli-suppressed = { $date } まで抑制: { $what }
cli-finding = { $scope } の { $what }
cli-drift = { $kind } { $type } { $resource }
cli-written = { $file } に書き込みました
cli-nothing-to-accept = 受け入れるものは残っていません
cli-accepted =
    { $n ->
       *[other] 実行 { $run } を { $date } まで受け入れました: { $file } に{ $n }件を書き込みました
    }
cli-stale =
    { $n ->
       *[other] { $file } に、未対応の項目に対する無効な記載が{ $n }件あります (期限切れ、または根拠が異なるもの)
    }
cli-stale-help = 判断し直すには、そこの `expires` と `evidence` を変更するか、記載を削除してください
cli-not-accepted = 受け入れていません: { $what }。{ $help }
cli-unknown-left = 不明な{ $n }件は含まれていません。確認できなかったものは受け入れません
cli-long = 注意: 期限が1年以上先です
