FROM tidepool-test/base:local
VOLUME /var/lib/mysql
EXPOSE 3306
ENTRYPOINT ["mariadb-entrypoint"]
CMD ["mariadbd"]
