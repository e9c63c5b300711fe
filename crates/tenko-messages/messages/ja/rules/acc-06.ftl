# ACC-06: アカウントに組織のガードレールがない。
rule-acc-06-name = アカウントに組織のガードレールがない
rule-acc-06-fix = 組織からの離脱、証跡や検出機能の停止、使わないリージョンの利用を拒否する基本の SCP を、ルートまたは組織単位 (OU) にアタッチしてください。Google Cloud では、基本の制約を組織に適用してください。
acc-06-disabled = 組織 { $organization } では SCP も RCP も有効になっていません。
acc-06-bad = { $attached }。
acc-06-bad-without-scps = { $attached }。また、SCP が有効になっていません。
acc-06-bad-without-rcps = { $attached }。また、RCP が有効になっていません。
acc-06-nothing = { $account } に至る経路には何もアタッチされていません
acc-06-nothing-but = { $account } に至る経路には { $policies } しかアタッチされていません
acc-06-unknown = { $scope } に対する制限が不明です: { $reason }。
acc-06-policy = ポリシー { $policy }: { $reason }
acc-06-not-enforced = { $project } では、読み取れた制約がいずれも適用されていません: { $constraints }。
acc-06-no-constraint = { $project } には制約が設定されていません。
