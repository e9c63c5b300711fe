# ACC-05: organizational units or folders mix stages.
acc-05-top = Directly below the top of the organization, { $top }, { $count ->
    [one] lies
   *[other] lie
} { $accounts }.
acc-05-mixed = { $folder } directly holds production ({ $production }) and other stages ({ $others }).
acc-05-more = The listing of the organization was incomplete: { $folder } may hold more.
acc-05-unplaced = Where { $account } lies in its organization is not known.
acc-05-no-organization = no organization of some accounts was discovered
