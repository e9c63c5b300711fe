iam-03-bad = { $user } can sign in to the console without MFA.
