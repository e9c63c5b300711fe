# チャンネルへのメッセージ。
slack-fallback = tenko: { $headline }
slack-header = tenko: { $verdict } ({ $day })
slack-h-new = 新規と変化
slack-h-resolved = 解消
slack-h-worst = 重大なものから
slack-h-fixes = 優先して修正するもの
slack-h-gaps = 確認できなかったもの
slack-h-suppressions = 判断が必要な抑制
slack-item = { $severity }: { $title }、{ $resource } ({ $where })
slack-fix = { $name } ({ $severity }): { $remedy } { $n }件が解消します。
slack-fix-at = { $name } ({ $severity }、{ $place }): { $remedy } { $n }件が解消します。
slack-gap = { $scopes }: { $text }
slack-suppression = { $state }、{ $until } まで: { $what } ({ $reason })
slack-more = … ほか{ $n }件
slack-run = 実行 { $run }、終了 { $time }。
