rule-quota-01-name = 使い切りかけているサービスクォータ
rule-quota-01-fix = 必要になる前に引き上げを申請するか、使われていないものを削除するか、負荷をより多くのアカウントまたはプロジェクトに分散してください。

quota-01-bad = { $place } の { $quota }: { $limit } のうち { $used_now } を使用しています。
quota-01-uncounted = { $place } の { $quota }: 使用数をすべては数えられませんでした: { $reason }。
quota-01-bad-several = 使用数が上限に近づいています: { $near }。
quota-01-near = { $of } { $used_now } / { $limit }
