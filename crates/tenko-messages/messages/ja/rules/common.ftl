# 複数のルールで共通の文。
rule-attribute-unread = { $resource } の { $attribute } を読み取れませんでした。
rule-type-unread = { $scope } の { $type } をすべては読み取れませんでした: { $reason }。

# 評価できなかった理由、判定できなかった理由。コロンの後または括弧の中に入る。
rule-no-tenant = テナントが宣言されていません
rule-cloud-undiscovered = { $cloud } では何も見つかりませんでした
rule-type-not-collected = { $type } は収集されていません
rule-no-organization = 組織が見つかりませんでした
rule-not-discovered = 対象が見つかりませんでした
rule-not-asked = 問い合わせが行われていません
rule-nothing-collected = 何も収集されていません
rule-type-not-looked-at = { $type } は確認されていません
rule-unit-ended = { $type }: { $outcome }
rule-unit-ended-in = { $region } の { $type }: { $outcome }
rule-was-not-read = { $what } を読み取れませんでした
rule-attribute-unread-of = { $resource } の { $attribute } を読み取れませんでした
rule-accounts-unknown = 一部のアカウントが把握できていません
rule-of-scope = { $scope }: { $reason }
rule-organization-untold = どのアカウントからも組織の情報を得られませんでした ({ $type })
rule-place-unknown = 組織内での位置が不明です
rule-listing-incomplete = アカウントの一覧が不完全でした
rule-organization-undiscovered = 組織が見つかりませんでした
rule-api-not-enabled = API が有効ではありません

# 並べて示すアカウントやプロジェクトの帰属。
rule-whose-same-tenant = { $scope } (同じテナントの { $tenant }/{ $environment })
rule-whose-another-tenant = { $scope } (別テナントの { $tenant }/{ $environment })
rule-whose-nobodys = { $scope }

rule-members-unknown = 組織の一部のアカウントが把握できていません。
