# ACC-06: no guardrail from the organization on an account.
acc-06-disabled = Neither SCPs nor RCPs are enabled in the organization { $organization }.
acc-06-bad = { $attached }.
acc-06-bad-without-scps = { $attached }; SCPs are not enabled.
acc-06-bad-without-rcps = { $attached }; RCPs are not enabled.
acc-06-nothing = Nothing is attached on the path of { $account }
acc-06-nothing-but = Nothing but { $policies } is attached on the path of { $account }
acc-06-unknown = What restrains { $scope } is not known: { $reason }.
acc-06-policy = of the policy { $policy }, { $reason }
acc-06-not-enforced = No constraint that was read is enforced in { $project }: { $constraints }.
acc-06-no-constraint = No constraint is enforced in { $project }: none was there.
