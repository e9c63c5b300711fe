//! What a service has no list of: each is asked for by its name.

use futures_util::{StreamExt, stream};
use serde_json::{Map, Value};
use tenko_core::Sink;

use crate::error::{CallError, ErrorClass};
use crate::rest::engine::{AT_ONCE, RestEvent, RestUnit};
use crate::rest::shape;
use crate::types::{NamesDef, Record, RestReader, last_segment};

impl RestUnit<'_> {
    /// Asks for each. When the first is refused, so would the others be, and none of them is asked for. One that is not
    /// found is missing from what was to be read; when none is, the service does not know the call.
    pub(super) async fn by_name(
        &self,
        names: &NamesDef,
        reader: &RestReader,
        sink: &Sink<RestEvent>,
    ) {
        let Some((first, others)) = names.values.split_first() else { return };
        let (mut read, mut lost) = (false, None);
        match self.named(names, first.clone(), reader).await {
            Ok(record) => {
                read = true;
                sink.send(RestEvent::Records(vec![record])).await;
            }
            Err((error, name)) if error.class == ErrorClass::NotFound => lost = Some((error, name)),
            Err((error, _)) => return sink.send(RestEvent::Failed(error)).await,
        }
        let others = stream::iter(others.to_vec()).map(|name| self.named(names, name, reader));
        let mut others = others.buffered(AT_ONCE);
        while let Some(answer) = others.next().await {
            read |= answer.is_ok();
            let event = match answer {
                Ok(record) => RestEvent::Records(vec![record]),
                Err((error, name)) => RestEvent::Problem(error, Some(name)),
            };
            sink.send(event).await;
        }
        match lost {
            Some((error, name)) if read => sink.send(RestEvent::Problem(error, Some(name))).await,
            Some((error, _)) => sink.send(RestEvent::Failed(error)).await,
            None => {}
        }
    }

    async fn named(
        &self,
        names: &NamesDef,
        name: String,
        reader: &RestReader,
    ) -> Result<Record, (CallError, String)> {
        let context = serde_json::json!({ "parent": { &names.attribute: name } });
        let fits = |data: &Map<String, Value>| {
            data.get("name").and_then(Value::as_str).map(last_segment) == Some(name.as_str())
        };
        match self.one(&reader.list, &context, None).await {
            Ok(Value::Object(mut data)) if fits(&data) => {
                data.insert(names.attribute.clone(), Value::String(name));
                Ok(Record { data, ..Record::default() })
            }
            Ok(_) => Err((shape::foreign(&reader.list), name)),
            Err(error) => Err((error, name)),
        }
    }
}
