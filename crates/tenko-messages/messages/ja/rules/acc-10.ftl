# ACC-10: セキュリティの連絡先がない。
rule-acc-10-name = セキュリティの連絡先がない
rule-acc-10-fix = セキュリティチームの共有メールボックスを連絡先に設定してください。AWS では各アカウントの代替連絡先 SECURITY に、Google Cloud では組織の SECURITY カテゴリの重要な連絡先に設定します。
acc-10-no-contact = { $account } には代替連絡先 SECURITY がありません。ほかの代替連絡先もありません。
acc-10-others = { $account } には代替連絡先 SECURITY がありません。設定されているもの: { $contacts }。
acc-10-no-essential = { $project } に適用される SECURITY の重要な連絡先がありません。
acc-10-invalid = { $project } に適用される SECURITY の重要な連絡先は、無効なものしかありません ({ $contacts })。
acc-10-unread = { $scope } の連絡先を読み取れませんでした: { $reason }。
acc-10-contact-unread = 連絡先 { $contact } の { $attribute } を読み取れませんでした。
