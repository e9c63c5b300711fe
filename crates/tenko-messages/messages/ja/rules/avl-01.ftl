rule-avl-01-name = 単一ゾーンのデータベース
rule-avl-01-fix = RDS インスタンスを Multi-AZ にするか、Aurora クラスターに別のゾーンのインスタンスを追加するか、Cloud SQL インスタンスをリージョン構成にしてください。RDS と Aurora は無停止で変更でき、Cloud SQL は1回再起動します。

avl-01-bad-instance = { $name } は Multi-AZ ではなく、{ $zone } だけで稼働しています。
avl-01-bad-instance-somewhere = { $name } は Multi-AZ ではなく、1つのゾーンだけで稼働しています。
avl-01-instance-untold = { $name } が Multi-AZ かどうかを確認できません。
avl-01-members-unread = クラスター { $cluster } のインスタンスをすべては読み取れませんでした: { $reason }。
avl-01-zone-untold = クラスター { $cluster } の { $instance } のゾーンを確認できません。
avl-01-bad-cluster = { $count ->
    [1] クラスター { $cluster } のインスタンスは1台だけで、{ $zone } で稼働しています。
   *[other] クラスター { $cluster } のインスタンス{ $count }台すべてが { $zone } で稼働しています。
 }
avl-01-bad-cloud-sql = { $name } は { $zone } だけで稼働しています (availabilityType { $type })。
avl-01-bad-cloud-sql-somewhere = { $name } は1つのゾーンだけで稼働しています (availabilityType { $type })。
