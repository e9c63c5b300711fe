rule-par-01-name = 同等であるべき環境の差異
rule-par-01-fix = 差異のある環境をほかの環境に合わせるか、理由を添えてマニフェストで差異を許可してください。

par-01-bad = { $environments } に差異があります ({ $counts }): { $examples }。
par-01-untold = { $environments } が同等かどうか不明です: { $reason }。
par-01-nothing-alike = 本番とステージングの両方を持つテナントも、ベースラインを共有するテナントもありません

# 対象の環境。
par-01-two = { $one } と { $other }
par-01-tenant = テナント { $name } の { $count } 環境 ({ $shown })
par-01-baseline = ベースライン { $name } の { $count } 環境 ({ $shown })

# 差異の内容。
par-01-versions = バージョン{ $count }件
par-01-resources = リソース{ $count }件
par-01-attributes = 属性{ $count }件
par-01-nameless = 名前のない { $type }
par-01-path-of-nameless = 名前のない { $type } の { $path }

