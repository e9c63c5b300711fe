# アノテーション。
github-title = { $rule } ({ $severity }): { $title }
github-text = { $resource } ({ $where }): { $message } · 修正方法: { $remedy }

# SARIF の文。
sarif-left-out = 抑制または解消された{ $n }件は、コードスキャンでは未解決と表示されるため含まれていません: { $full }
