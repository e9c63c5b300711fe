//! Histories in real folders and in object stores that fail.

#[cfg(test)]
mod damage;
#[cfg(test)]
mod faulty;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod manifests;
#[cfg(test)]
mod model;
#[cfg(test)]
mod refused;
#[cfg(test)]
mod soak;
#[cfg(test)]
mod together;
#[cfg(test)]
mod worlds;
