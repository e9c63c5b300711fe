rule-net-03-name = 管理用またはデータベースのポートを全世界に公開
rule-net-03-fix = 必要なアドレスまたはグループだけを許可してください。マシンへは Session Manager、Identity-Aware Proxy または VPN を使い、データベースへはネットワーク内部からのみ接続させてください。

net-03-bad = { $group } は { $ranges } からの接続を許可しています (接続先: { $services })。{ $used }。
net-03-google-bad = { $rule } はネットワーク { $network } で { $ranges } からの接続を許可しています (接続先: { $services })。{ $used }。
net-03-prefix-list = { $group } はプレフィックスリスト { $list } からの接続を許可していますが (接続先: { $service })、リストの内容は読み取っていません。
net-03-unused = 読み取れた範囲では使用されていません
net-03-used = { $count ->
   *[other] 使用元は { $users } です
}
