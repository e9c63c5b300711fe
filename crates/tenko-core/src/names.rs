//! Names that travel through every layer, each a type of its own so that an
//! account is never passed where a region is wanted.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps the name as it is; nothing is checked or folded.
            pub fn new(name: impl AsRef<str>) -> Self {
                Self(Arc::from(name.as_ref()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self::new(name)
            }
        }

        impl From<&String> for $name {
            fn from(name: &String) -> Self {
                Self::new(name)
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(Arc::from(name))
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                &*self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                &*self.0 == *other
            }
        }
    };
}

name! {
    /// A cloud, in lower case: `aws`, `gcp`, or the name that a provider of your own gives.
    Cloud
}
name! {
    /// The native id of a scope: an AWS account number, an organizational unit's id
    /// (`ou-...`), a Google Cloud project id.
    ScopeId
}
name! {
    /// A region in the provider's own spelling: `eu-central-1`, `europe-west3`.
    Region
}
name! {
    /// A resource type in the provider's own spelling: `AWS::EC2::Volume` (the CloudFormation
    /// resource schema), `storage.googleapis.com/Bucket` (Cloud Asset Inventory).
    ResourceType
}

impl Cloud {
    /// Amazon Web Services, in any partition.
    pub fn aws() -> Self {
        Self::new("aws")
    }

    /// Google Cloud.
    pub fn gcp() -> Self {
        Self::new("gcp")
    }
}

/// How far a resource or a listing reaches: one region, or the whole scope.
///
/// In text and JSON it is the region's name, or the word `global`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(from = "String", into = "String")]
#[schemars(with = "String")]
pub enum Reach {
    /// The whole account or project.
    Global,
    /// One region of it.
    Region(Region),
}

impl Reach {
    /// The reach of one region.
    pub fn region(name: impl AsRef<str>) -> Self {
        Self::Region(Region::new(name))
    }

    /// The region's name, or `global`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Global => "global",
            Self::Region(region) => region.as_str(),
        }
    }

    /// The region, where there is one.
    pub fn as_region(&self) -> Option<&Region> {
        match self {
            Self::Global => None,
            Self::Region(region) => Some(region),
        }
    }
}

impl From<String> for Reach {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&str> for Reach {
    fn from(text: &str) -> Self {
        if text == "global" { Self::Global } else { Self::region(text) }
    }
}

impl From<Region> for Reach {
    fn from(region: Region) -> Self {
        Self::Region(region)
    }
}

impl From<Reach> for String {
    fn from(reach: Reach) -> Self {
        reach.as_str().to_owned()
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
