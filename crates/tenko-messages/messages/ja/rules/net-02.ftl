rule-net-02-name = デフォルトネットワークの使用
rule-net-02-fix = そこで動いているものを自前のネットワークに移し、デフォルトネットワークを削除してください。Google Cloud では compute.skipDefaultNetworkCreation により、新しいプロジェクトでの自動作成を防げます。

net-02-bad = { $region } のデフォルト VPC { $vpc } が使用されています: { $what }。
net-02-unread = デフォルト VPC { $vpc } の内容をすべては読み取れませんでした: { $reason }。
net-02-untold = { $region } には、デフォルト VPC { $vpc } にあるかどうか不明なリソースがあります。
net-02-google-bad = デフォルトネットワークが使用されています: { $what }。
net-02-google-unread = デフォルトネットワークの内容をすべては読み取れませんでした: { $reason }。
net-02-network-unread = { $resource } のネットワークを読み取れませんでした
