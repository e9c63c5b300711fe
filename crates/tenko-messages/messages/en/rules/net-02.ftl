net-02-bad = { $vpc }, the default VPC of { $region }, holds { $what }.
net-02-unread = What is in { $vpc }, the default VPC, could not all be read: { $reason }.
net-02-untold = Not everything in { $region } tells whether it is in { $vpc }, the default VPC.
net-02-google-bad = The default network holds { $what }.
net-02-google-unread = What is in the default network could not all be read: { $reason }.
net-02-network-unread = the network of { $resource } could not be read
