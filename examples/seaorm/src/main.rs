//! A bakery, as SeaORM entities. The program prints their DDL; nothing connects to a database.

use sea_orm::{DbBackend, EntityTrait, Schema};

mod baker {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "baker")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        #[sea_orm(unique)]
        pub name: String,
        pub since: Option<Date>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

mod cake {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "cake")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub baker_id: i64,
        #[sea_orm(column_type = "String(StringLen::N(80))")]
        pub name: String,
        #[sea_orm(column_type = "Decimal(Some((8, 2)))")]
        pub price: String,
        #[sea_orm(default_value = true)]
        pub for_sale: bool,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::baker::Entity",
            from = "Column::BakerId",
            to = "super::baker::Column::Id",
            on_delete = "Cascade"
        )]
        Baker,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

fn print<E: EntityTrait>(entity: E) {
    let schema = Schema::new(DbBackend::Postgres);
    println!("{};\n", DbBackend::Postgres.build(&schema.create_table_from_entity(entity)).sql);
}

fn main() {
    print(baker::Entity);
    print(cake::Entity);
}
