rule-avl-02-name = 単一ゾーンの LB、グループ、Web サーバー
rule-avl-02-fix = ロードバランサーと Auto Scaling グループには2つ以上のゾーンのサブネットを割り当て、インスタンスグループはリージョン構成にし、Web サーバーはロードバランサー配下の2台以上のグループに入れてください。

avl-02-bad-zone = { $name } のゾーンは { $zone } だけです。
avl-02-bad-zone-untold = { $name } のゾーンは1つだけです (ゾーン名は不明)。
avl-02-zones-untold = { $name } のゾーンを確認できません。
avl-02-bad-any-zone = { $name } はすべてのインスタンスを1つのゾーンに配置します (targetShape ANY_SINGLE_ZONE)。
avl-02-bad-alone = { $name } は { $group } を通じて { $address } を誰にでも公開していますが、ほかのインスタンスと同じグループに属していません。
avl-02-alone-unknown = { $name } が { $address } を単独で公開しているかどうかを判断できません: { $reason }。
avl-02-group-unread = { $name } にはパブリックアドレスがありますが、{ $group } を読み取れませんでした。
avl-02-pool-unknown = { $name } が GKE のノードプールかどうかを判断できません: { $reason }。
