# ACC-01: production and non-production share an account.
acc-01-bad = { $scope } holds environments of different stages of tenant { $tenant }: { $environments }.
