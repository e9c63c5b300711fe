# データ、可用性、ログ、クォータのルールで共通の文。多くは、不明である理由を述べる節。

data-shared-unread = { $attribute } を読み取れませんでした
data-shared-policy-malformed = ポリシーを解釈できません ({ $reason })

# バックアッププラン。
data-shared-plan-open = バックアッププラン { $plan } の対象に含まれるかどうかを判断できません
data-shared-plan-unread = バックアッププラン { $plan } の { $attribute } を読み取れませんでした

# アカウントにあるもの: AWS::EC2::Instance 2件 (web-1、web-2)
data-shared-held = { $type } { $count }件 ({ $names })

# 組織のポリシー。
data-shared-organization-missing = { $type } { $organization } が見つかりませんでした
data-shared-policy-unread = ポリシー { $policy } の { $attribute } を読み取れませんでした
data-shared-policy-empty = 内容がありません
data-shared-policy-reason = { $policy }: { $reason }
data-shared-scope-undiscovered = { $scope } は検出されていません
data-shared-place-unknown = 組織内での { $scope } の位置が不明です
