# 意図と異なる可能性のあるもの: マニフェスト、抑制ファイル、実行。
warning-at = { $place }: { $text }
warning-help = { $text } ({ $help })
warning-did-you-mean = `{ $meant }` の間違いではありませんか

# マニフェスト全体。
warning-no-tenants = テナントが宣言されていないため、何も比較しません
warning-no-tenants-help = `tenants` の下に、各テナントとその環境、アカウントまたはプロジェクトを指定してください
warning-baseline-unused = ベースライン `{ $name }` を使うテナントがありません
warning-no-stage = ステージが `{ $name }` の環境はありません
warning-no-tenant = `{ $name }` というテナントはありません
warning-no-environment = `{ $name }` という環境はありません

# タイプ。
warning-type-glob = `{ $glob }` に一致する既知のタイプはありません
warning-type-other-cloud = `{ $glob }` は別のクラウドのタイプに一致します
warning-type-other-cloud-help = タイプは、クラウドごとのセクションで指定してください
warning-asset-type-known = { $type } は、ここに指定しなくても読み取られます
warning-asset-type-known-help = 削除してください
warning-cloud-control-known = { $type } は、Cloud Control を使わなくても読み取られます
warning-cloud-control-known-help = ここから削除してください

# アカウントとプロジェクト。
warning-scope-holds-nothing = { $scope } はアカウントでもプロジェクトでもなく、直下にリソースはありません
warning-scope-unseen = { $scope } が見つかりません。発見できていないアカウントやプロジェクトがあるため、存在する可能性はあります
warning-account-missing = { $account } は組織にありません
warning-project-missing = { $project } は参照できるプロジェクトに含まれていません
warning-did-you-mean-scope = `{ $id }` ({ $name }) の間違いではありませんか

# ルール、抑制、信頼。
warning-rule-glob = `{ $glob }` に一致する ID のルールはありません
warning-no-rule = ルール `{ $rule }` はありません
warning-no-rule-help = 一覧は `tenko rules` で表示できます
warning-rule-taken = `{ $rule }` は tenko のルールの ID です
warning-rule-taken-help = 独自のルールには別の ID を付けてください: `OWN-01`
warning-suppressed-twice = { $what } が重複して抑制されています
warning-suppressed-twice-help = 一方だけを残してください
warning-suppresses-in = { $scope } の { $what }
warning-suppresses-of = { $what } ({ $resource })
warning-trusts-all = `{ $glob }` はすべてのリポジトリを信頼します
warning-trusts-all-help = 所有者を指定してください: `acme-corp/*`

# インフラのコード。
warning-unencrypted = 認証情報が暗号化されずに送信されます
warning-unencrypted-help = サーバーが対応していれば `https://` にしてください

# 担当者。
warning-owner-empty = 担当者 `{ $owner }` の設定が空です
warning-owner-empty-help = `timezone`、`lang`、`slack` を指定できます
warning-owner-unused = `{ $owner }` が担当するものはありません

# ログイン。
warning-login-no-account = 環境にアカウントがないため、`{ $key }` は意味を持ちません
warning-login-no-project = 環境にプロジェクトがないため、`{ $key }` は意味を持ちません
warning-login-role-help = ロールの代わりにサービスアカウントを使います: `impersonate`
warning-login-data-help = Google Cloud にはデータのレベルがありません
warning-login-impersonate-help = AWS ではロールを使います: `role`
warning-external-id-shared = すべてのテナントの外部 ID が同じです
warning-external-id-shared-help = `{ "{tenant}" }` を含めてください。ある顧客のアカウント用の外部 ID で、別の顧客のアカウントに入れる状態にしてはいけません

# 実行で確認したこと。
warning-region-unknown = 設定されたリージョン { $region } は、{ $scopes } に存在しません。綴りを確認してください
warning-narrowed = 一部のみを対象としたため、それ以外の宣言は比較していません

# 該当するもののなかった除外ルールの対象。
ignore-any-type = すべてのタイプ
ignore-named = { $what }、名前 { $name }
ignore-tagged = { $what }、タグ { $tags }
ignore-attributes = { $what }、属性 { $paths }
