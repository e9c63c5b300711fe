# ACC-09: ログやセキュリティのアカウントがワークロードから分離されていない。
rule-acc-09-name = ログ/セキュリティ用アカウントが分離されていない
rule-acc-09-fix = ログ用とセキュリティツール用のアカウントをそれぞれ、専用の組織単位 (OU) に作成してください。組織の証跡はログ用アカウントのロックされたバケットに書き込み、セキュリティサービスの管理はセキュリティ用アカウントに委任し、両方を共有として宣言してください。
acc-09-no-trail = 組織のログを1つのアカウントに集約する証跡がありません。

acc-09-trail-to-management = 証跡 { $trail } は、管理アカウント { $account } のバケット { $bucket } に書き込んでいます。
acc-09-trail-to-tenant = 証跡 { $trail } は、テナント { $tenant } の { $environment } である { $account } のバケット { $bucket } に書き込んでいます。
acc-09-trail-to-workloads = 証跡 { $trail } は { $account } のバケット { $bucket } に書き込んでいますが、このアカウントにはワークロードがあります: { $workloads }。
acc-09-trail-to-undiscovered = 証跡 { $trail } は { $account } のバケット { $bucket } に書き込んでいますが、このアカウントは見つかりませんでした。
acc-09-trail-to-unread = 証跡 { $trail } は { $account } のバケット { $bucket } に書き込んでいますが、このアカウントをすべては読み取れませんでした ({ $reason })。

acc-09-security-from-management = セキュリティは管理アカウント { $account } から管理されています。
acc-09-security-from-tenant = セキュリティは、テナント { $tenant } の { $environment } である { $account } から管理されています。
acc-09-security-from-workloads = セキュリティは { $account } から管理されていますが、このアカウントにはワークロードがあります: { $workloads }。
acc-09-security-from-undiscovered = セキュリティは { $account } から管理されていますが、このアカウントは見つかりませんでした。
acc-09-security-from-unread = セキュリティは { $account } から管理されていますが、このアカウントをすべては読み取れませんでした ({ $reason })。

acc-09-bucket-of-nobody = 証跡 { $trail } のバケット { $bucket } は、読み取れたどのアカウントにもありません。
acc-09-trail-unread = 証跡 { $trail } の { $attribute } を読み取れませんでした。
acc-09-trails-unread = 一部の証跡を読み取れませんでした ({ $reason })。
acc-09-administrators-unread = セキュリティの管理者を読み取れませんでした ({ $reason })。

acc-09-sentences = { $first }{ $rest }
acc-09-more = ほか{ $more }件。
