data-05-bad = { $name } has no deletion protection.
data-05-untold = Whether { $name } has deletion protection is not told.
