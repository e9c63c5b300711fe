rule-net-01-name = 接続されたネットワークのアドレス重複
rule-net-01-fix = 接続する前に、全アカウントと全クラウドを通したアドレス計画に基づいて、どちらかのネットワークを別の範囲に変更してください。両方を残す必要がある場合は、ネットワークではなく個々のサービスを PrivateLink または Private Service Connect で接続してください。

net-01-bad = { $network } の { $range } が { $other } の { $other_range } と重複しています: { $why }。
net-01-more = { $network } は次とも重複しています: { $others }。
net-01-unread = { $scope } のネットワークとその接続をすべては確認できませんでした: { $why }。
net-01-network = { $scope } の { $name }

# 2 つのネットワークが接続されている理由。
net-01-declared = 両アカウントの接続が宣言されています
net-01-peers = 互いにピアリングされています
net-01-peered = どちらも { $hub } とピアリングされています
net-01-attached = どちらも { $gateway } にアタッチされています
