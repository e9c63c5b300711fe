# ACC-08: 実在するアカウントと宣言の不一致。
rule-acc-08-name = 実在するアカウントと宣言が一致しない
rule-acc-08-fix = そのアカウントをテナントのもの、または共有として宣言するか、閉鎖してください。すでに存在しないアカウントを指す宣言は修正してください。
acc-08-undeclared = { $scope } は{ $status }ですが、どこにも宣言されていません。
acc-08-undeclared-status-unknown = { $scope } はどこにも宣言されていません。状態は不明です。
acc-08-gone = { $scope } は宣言されていますが、{ $status }です。
acc-08-absent = { $scope } は宣言されていますが、組織にありません。
acc-08-unanswered = { $scope } は宣言されていますが、応答がなく、状態は不明です。
acc-08-undiscovered = { $scope } は宣言されていますが、見つかりませんでした: { $reason }。
acc-08-more = ほかにも宣言されていないものがある可能性があります: { $reason }。

# 一覧から判定できない理由。
acc-08-accounts-incomplete = アカウントの一覧が不完全でした
acc-08-projects-incomplete = プロジェクトの一覧が不完全でした
acc-08-because = { $what } ({ $operation }: { $code })
acc-08-organization-undiscovered = 所属する組織が見つかりませんでした

# アカウントやプロジェクトの状態。
acc-08-active = 利用中
acc-08-pending-activation = 有効化待ち
acc-08-suspended = 停止中
acc-08-pending-closure = 閉鎖手続き中
acc-08-closed = 閉鎖済み
