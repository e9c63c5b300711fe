"""Makes resources of every type that the emulator supports, and what is expected of each.

Expectations are subsets: every attribute named here must be collected with this very value.
"""


import boto3

import accounts
import network
import services
import watch


class Maker:
    def __init__(self, session: boto3.Session, account, name, regions, endpoint):
        self.session = session
        self.account = account
        self.name = name
        self.regions = regions
        self.endpoint = endpoint
        self.expect = []

    def client(self, service, region):
        return self.session.client(service, region_name=region, endpoint_url=self.endpoint)

    def add(self, type_, region, id_, attributes, name=None, tags=None):
        self.expect.append(
            {
                "type": type_,
                "scope": self.account,
                "region": region,
                "id": id_,
                "name": name,
                "tags": tags,
                "attributes": {k: v for k, v in attributes.items() if v is not None},
            }
        )

    def everything(self):
        for region in self.regions:
            network.make(self, region)
            services.regional(self, region)
            watch.regional(self, region)
        services.everywhere(self)
        accounts.make(self)
        return self.expect

