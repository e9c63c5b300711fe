# ACC-02: テナントが同じアカウントにある。
rule-acc-02-name = 複数のテナントがアカウントを共有
rule-acc-02-fix = テナントごとに専用のアカウントへ移し、ラベルが誤っているだけのものはタグを修正してください。
acc-02-tenants = { $scope } ({ $owners }) が複数のテナントで共有されています: { $evidence }。
acc-02-nobodys = { $scope } はどこにも宣言されていません: { $evidence }。
acc-02-declared = { $tenants } の環境が宣言されています
acc-02-tagged = リソース{ $count }件がタグ { $tag } で { $tenant } を示しています ({ $names })
acc-02-gap = { $scope } を完全には読み取れませんでした: { $reason }。
acc-02-tags-unread = { $scope } のリソース{ $count }件のタグを読み取れませんでした: { $names }。
