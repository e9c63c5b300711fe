rule-iac-01-name = 1 つのリソースを複数のコードで管理
rule-iac-01-fix = どのコードで管理するかを決め、もう一方からはリソースを削除せずに管理対象から外してください。Terraform では terraform state rm または removed ブロック、CloudFormation ではテンプレートから外す前に DeletionPolicy: Retain を使います。

iac-01-bad = { $type } { $id } は{ $places }か所で管理されています: { $sources }。
iac-01-unread = { $file } を読み取れませんでした: { $reason }。このファイルが管理するリソースは、ほかでも管理されている可能性があります。
