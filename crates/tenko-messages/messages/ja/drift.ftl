# ドリフトの理由。
drift-both = { $first }。{ $then }
drift-and-more = { $shown }。ほか{ $more }件

# 確認できなかった理由。
drift-no-scope = この環境には、該当するリソースを持ち得るアカウントやプロジェクトが指定されていません
drift-scope-undiscovered = { $scope } は発見されていません
drift-scope-outcome = { $scope }: { $outcome }
drift-scope-unasked = { $scope } には問い合わせていません
drift-type-uncollected = { $scope } の { $type } は収集されていません
drift-unit-outcome = { $scope } { $region } の { $type }: { $outcome }
drift-unit-uncollected = { $scope } { $region } の { $type } は収集されていません
drift-no-organization-reader = 組織全体を参照できるアカウントが読み取られていません
drift-nowhere = コードにも環境にも、対象のアカウントやプロジェクトが指定されていません
drift-several = 該当し得るリソースが{ $count }件あり、コードからは特定できません
drift-attributes-unread =
    { $count ->
       *[other] 読み取れなかった属性: { $paths }
    }
drift-attributes-redacted =
    { $count ->
       *[other] マスクされている属性: { $paths }
    }

# 欠落。
drift-passed-disabled = 有効なリージョンにはありません。有効でないリージョンは読み取れませんでした
drift-partial = リソースの一部だけが宣言されています
drift-declared-too = インフラのコードでも宣言されています: { $sources }

# 配置違い、他で管理。
drift-lives-in-region = { $id } はリージョン { $declared } に宣言されていますが、実際は { $region } にあります
drift-lives-in-shared = { $id } は { $tenant } { $environment } に宣言されていますが、実際は共有と宣言された { $scope } にあります
drift-lives-in-undeclared = { $id } は { $tenant } { $environment } に宣言されていますが、実際は宣言にない { $scope } にあります
drift-lives-in-others = { $id } は { $tenant } { $environment } に宣言されていますが、実際は { $others } の { $scope } にあります
drift-tag-tenant = タグ { $key }={ $value } は、{ $scope } を持つ { $homes } とは別のテナントを指しています
drift-tag-environment = タグ { $key }={ $value } は、{ $scope } が属していない環境を指しています
drift-declared-for = { $tenant } { $environment } に宣言されています
drift-is-managed-by = { $source } で管理されています
drift-managed-by = 管理元: { $code }
drift-code-of = { $tenant } { $environment } の { $source }
drift-namesake = 同じ名前の別のリソースが、{ $source } の宣言に対応するものとみなされています

# CloudFormation 自身の検出結果。
drift-detected = CloudFormation のドリフト検出の結果は { $status }
drift-detected-at = CloudFormation のドリフト検出の結果は { $status } ({ $time } 時点)
